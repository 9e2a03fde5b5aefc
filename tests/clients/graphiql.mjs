// GraphiQL 5: its fetcher, and the code by which it runs a query and merges what comes, without its editors.
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { over, shows, text, url } from './asking.mjs';

const { createExecutionSlice } = await import(
  new URL('node_modules/@graphiql/react/dist/stores/execution.js', import.meta.url)
);

const editor = (value) => ({ getValue: () => value, setValue: () => {} });
const state = {
  queryEditor: editor(text),
  variableEditor: editor(''),
  headerEditor: editor(''),
  responseEditor: {
    setValue(shown) {
      if (!shown) return;
      const { data, errors } = JSON.parse(shown);
      shows(data, errors && JSON.stringify(errors));
    },
  },
  fetcher: createGraphiQLFetcher({ url, fetch }),
  getDefaultFieldNames: () => [],
};
const slice = createExecutionSlice({})(
  (change) => Object.assign(state, typeof change === 'function' ? change(state) : change),
  () => state,
);
Object.assign(state, slice, { actions: { ...slice.actions, updateActiveTabValues() {} } });

await state.actions.run();
over();
