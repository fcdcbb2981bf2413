import { rsc } from './script.ts';

/** Comment, and name where there are no comments, of everything that is ours on a router. */
export const TAG = 'pagos-hotspot';

/** The user that our worker logs in as. */
export const API_USER = 'pagos-api';

/** RouterOS' two services of the API, in clear and over TLS, as the script names them. */
export const serviceNames = { api: rsc`api`, 'api-ssl': rsc`api-ssl` } as const;
export type ApiService = keyof typeof serviceNames;

/** A person sets it to `UNDO` before the script runs to have everything undone: `:global pagosModo "quitar"`. */
export const MODE_VARIABLE = rsc`pagosModo`;
export const UNDO = 'quitar';
