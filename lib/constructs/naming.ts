import type { Stage } from '../settings.ts';

const LONGEST_FUNCTION_NAME = 64;

/** Names of what people look for in the console. Everything else is named by CloudFormation. */
export function stackName(stage: Stage, part: 'data' | 'worker' | 'api'): string {
  return `pagos-${stage}-${part}`;
}

/**
 * @param entry the handler's file below `functions`, without its ending: `http/routers/create`
 * @throws Error when Lambda would refuse the name
 */
export function functionName(stage: Stage, entry: string): string {
  const name = `pagos-${stage}-${entry.replaceAll('/', '-')}`;
  if (name.length > LONGEST_FUNCTION_NAME)
    throw new Error(`The id of functions/${entry}.ts is too long: Lambda takes ${LONGEST_FUNCTION_NAME} characters`);
  return name;
}

/** Covers every endpoint's function and no other. */
export function endpointFunctionNames(stage: Stage): string {
  return `pagos-${stage}-http-*`;
}

export function keyAlias(stage: Stage, purpose: string): string {
  return `alias/pagos-${stage}-${purpose}`;
}
