/** Why a part of the sandbox could not start, as one sentence for the person at the terminal. Ends `npm start` with 1. */
export class StartError extends Error {
  override name = 'StartError';
}

/** Node's error code of a failed system call, such as `EADDRINUSE`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
