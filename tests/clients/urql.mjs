// urql with its default exchanges and error policy. It takes events and parts; `mode` names the one to be offered alone.
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { mode, over, shows, text, url } from './asking.mjs';

const client = new Client({
  url,
  preferGetMethod: false,
  exchanges: [cacheExchange, fetchExchange],
  ...(mode ? { fetchOptions: { headers: { accept: `application/json, ${mode}` } } } : {}),
});

client.query(text, {}).subscribe(({ data, error, hasNext }) => {
  shows(data, error);
  if (!hasNext) over();
});
