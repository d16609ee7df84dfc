/** What speaks to PostgreSQL: the only importer of pg. It is read where it is needed. */
export { default as pg } from "pg";
