/** The audits of GraphQL over HTTP by the package graphql-http: `node audits.mjs URL` writes what came of each as JSON. */

import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });
console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
