// Relay: artifacts by its own compiler from our schema, its own runtime, and the few lines of network it leaves to an app.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { meros } from 'meros/browser';
import relay from 'relay-runtime';
import { over, query, shows, url } from './asking.mjs';

const { Environment, Network, Observable, RecordSource, Store, createOperationDescriptor, getSelector } = relay;

const DEFER = query === 'plain' ? '' : '@defer(label: "later")';
const MODULES = {
  'LandingPage.js': `graphql\`query LandingPageQuery {
    landingPage {
      id
      messages { id subject sender { id name } }
      todos { id title }
      ...LandingPage_recommendations ${DEFER}
    }
  }\`;
  graphql\`fragment LandingPage_recommendations on LandingPage { recommendations { id title } }\``,
};

/** What the compiler makes of them, by name. */
async function compiled() {
  const folder = mkdtempSync(join(tmpdir(), 'relay-'));
  try {
    cpSync(join(import.meta.dirname, '../../schema.graphql'), join(folder, 'schema.graphql'));
    for (const [name, text] of Object.entries(MODULES)) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    const settings = { src: '.', schema: 'schema.graphql', language: 'javascript', eagerEsModules: true };
    writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(settings));
    const cli = join(import.meta.dirname, 'node_modules/relay-compiler/cli.js');
    execFileSync(process.execPath, [cli, 'relay.config.json'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    const made = (name) => import(pathToFileURL(join(folder, '__generated__', `${name}.graphql.js`)));
    return [await made('LandingPageQuery'), await made('LandingPage_recommendations')].map((one) => one.default);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Relay takes payloads with a path and a label: the shape of 2022 has both. */
function fetched({ text }, variables) {
  return Observable.create((sink) => {
    (async () => {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'multipart/mixed;deferSpec=20220824, application/json',
        },
        body: JSON.stringify({ query: text, variables }),
      });
      const parts = await meros(response);
      if (!(Symbol.asyncIterator in parts)) {
        sink.next(await parts.json());
        return;
      }
      for await (const { body } of parts) {
        const { incremental = [body], hasNext } = body;
        for (const row of incremental) {
          sink.next({ ...row, extensions: { ...row.extensions, is_final: !hasNext && row === incremental.at(-1) } });
        }
      }
    })().then(
      () => sink.complete(),
      (error) => sink.error(error),
    );
  });
}

const [page, later] = await compiled();
const environment = new Environment({
  network: Network.create(fetched),
  store: new Store(new RecordSource()),
  isServer: false,
});
const operation = createOperationDescriptor(page, {});

function look(error) {
  const { landingPage } = environment.lookup(operation.fragment).data ?? {};
  const reference = landingPage && getSelector(later, landingPage);
  const { recommendations } = (reference && environment.lookup(reference).data) ?? {};
  shows({ landingPage: { ...landingPage, recommendations } }, error);
}

environment.execute({ operation }).subscribe({
  next: () => look(),
  error(error) {
    look(error);
    over();
  },
  complete: over,
});
