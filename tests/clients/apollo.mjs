// Apollo Client 4 with its default error policy. `mode` says which of its handlers reads the frames.
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { mode, over, shows, text, url } from './asking.mjs';

const handlers = { Defer20220824Handler, GraphQL17Alpha9Handler };

const client = new ApolloClient({
  link: new HttpLink({ uri: url }),
  cache: new InMemoryCache(),
  ...(mode ? { incrementalHandler: new handlers[mode]() } : {}),
});

client.watchQuery({ query: gql(text) }).subscribe({
  next({ data, error, loading, networkStatus }) {
    if (data || error) shows(data, error);
    if (!loading && networkStatus !== 9) over();
  },
});
