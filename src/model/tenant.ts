/** The tenant of a server without multi-tenancy, under the name that Pyroscope gives it. */
export const DEFAULT_TENANT = 'anonymous';
