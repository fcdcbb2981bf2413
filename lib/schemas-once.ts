import * as z from 'zod';

/**
 * Comes first in every function. zod writes a program for each schema before it reads with it, which pays off after some
 * hundreds of times: a function that was just made reads with most of its schemas once.
 */
z.config({ jitless: true });
