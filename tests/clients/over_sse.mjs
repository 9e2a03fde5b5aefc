// graphql-sse, the reference client of GraphQL over SSE. It hands frames on; they are merged as GraphiQL merges them.
import { createClient } from 'graphql-sse';
import { over, shows, text, url } from './asking.mjs';

const page = { data: null };
const pending = new Map();

createClient({ url, retryAttempts: 0 }).subscribe(
  { query: text },
  {
    next(frame) {
      if (frame.data) page.data = frame.data;
      for (const each of frame.pending ?? []) pending.set(each.id, each.path);
      for (const row of frame.incremental ?? []) {
        const at = [...pending.get(row.id), ...(row.subPath ?? [])].reduce((value, step) => value[step], page.data);
        Object.assign(at, row.data);
      }
      shows(page.data, frame.errors && JSON.stringify(frame.errors));
    },
    error(error) {
      shows(page.data, error);
      over();
    },
    complete: over,
  },
);
