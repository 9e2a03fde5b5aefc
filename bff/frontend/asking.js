/** The page's one query, and the wait between two tries. */

const PATIENCE = 10_000;
let query;

/** Who asks, as the address says: `?user=7`. Only `bff dev` believes it. */
export const userInAddress = () => (new URL(location).searchParams.get("user")?.trim() || "1").slice(0, 64);

/** One answer: a `page`, which may lack sections, or in `trouble` a sentence that says why there is none. */
export async function ask(user, signal) {
  const started = performance.now();
  try {
    const response = await post(user, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]));
    const body = await response.json().catch(() => null);
    const page = body?.data?.landingPage;
    if (!page) return { trouble: refusal(response.status, body?.errors?.[0]) };
    return {
      page,
      rows: body.extensions?.sections ?? [],
      unavailable: Boolean(body.errors?.some((error) => error.extensions?.code === "PAGE_UNAVAILABLE")),
      milliseconds: performance.now() - started,
      requestId: response.headers.get("x-request-id"),
    };
  } catch (error) {
    return { trouble: error.name === "TimeoutError"
      ? `The server has not answered for ${PATIENCE / 1000} seconds. Try again in a moment.`
      : "The server cannot be reached. Check your connection, then try again." };
  }
}

async function post(user, signal) {
  query ??= await (await fetch("landing.graphql", { signal })).text();
  const headers = {
    accept: "application/graphql-response+json, application/json;q=0.9",
    "content-type": "application/json",
    "x-dev-user": encodeURIComponent(user),
  };
  return fetch("graphql", { method: "POST", headers, body: JSON.stringify({ query }), signal });
}

function refusal(status, error) {
  if (status === 401) return "You are not signed in, or no longer. Sign in, then try again.";
  return `The server answered, but not with a page (${error?.extensions?.code ?? status}). Try again in a moment.`;
}

/** Resolves to true after a while, to false as soon as nobody waits any more. */
export const pause = (milliseconds, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds, true);
    signal.addEventListener("abort", () => { clearTimeout(timer); resolve(false); });
  });
