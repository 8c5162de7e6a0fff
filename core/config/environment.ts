/** Variables by name, as a process has them. */
export type Environment = { readonly [name: string]: string | undefined };

/** The process's environment. This is the one file that reads it; everything else is given what it needs. */
export const environment: Environment = process.env;
