/**
 * What a program that a test starts has of this process's environment, and nothing besides.
 */
export const bare = {
  PATH: process.env.PATH,
  // Else each would compile the same sources for its own home.
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
};
