/**
 * The settings of other archives that get a copy of each post: [archive.NAME], a section each. Pure.
 */
export const archivers = {};
