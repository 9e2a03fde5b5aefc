// What every script here is told, and what it tells: the page as its user sees it, each time it changes.

export const [url, query = 'deferred', mode = ''] = process.argv.slice(2);

const PLAIN = `query Landing {
  landingPage {
    id
    messages { id subject sender { id name } }
    todos { id title }
    recommendations { id title }
  }
}`;

const DEFERRED = `query Landing {
  landingPage {
    id
    messages { id subject sender { id name } }
    todos { id title }
    ... @defer { recommendations { id title } }
  }
}`;

export const text = query === 'plain' ? PLAIN : DEFERRED;

const began = performance.now();
const seen = [];

const counted = (list) => (Array.isArray(list) ? list.length : list === undefined ? 'not there' : list);

/** Once for each time that the user sees something else. */
export function shows(data, error) {
  const page = data?.landingPage ?? {};
  seen.push({
    after: (performance.now() - began) / 1000,
    messages: counted(page.messages),
    senders: counted(page.messages?.filter((message) => message.sender?.name)),
    recommendations: counted(page.recommendations),
    titles: counted(page.recommendations?.filter((one) => one.title)),
    error: error ? String(error) : null,
  });
}

/** When nothing more will come. */
export function over() {
  process.stdout.write(JSON.stringify(seen), () => process.exit(0));
}
