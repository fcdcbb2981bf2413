import type * as z from 'zod';

/** One entry of a 422's `detail` (contract 3.3). Never the input itself: it may be a card token. */
export interface ValidationEntry {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
}

export type Part = 'body' | 'query' | 'path';

/** zod's complaints in the reference's shape, without echoing what was sent. */
export function validationEntries(part: Part, error: z.ZodError): ValidationEntry[] {
  return error.issues.map((issue) => ({
    type: typeOf(issue),
    loc: [part, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))],
    msg: issue.code === 'custom' ? issue.message : textOf(issue),
  }));
}

type Issue = z.core.$ZodIssue;

function typeOf(issue: Issue): string {
  if (issue.code === 'custom') return String(issue.params?.['type'] ?? 'value_error');
  if (issue.code === 'invalid_type')
    return issue.path.length === 0 ? 'model_attributes_type' : `${issue.expected}_type`;
  return 'value_error';
}

function textOf(issue: Issue): string {
  if (issue.code !== 'invalid_type') return 'Input is not valid';
  return issue.path.length === 0
    ? 'Input should be a valid dictionary or object to extract fields from'
    : `Input should be a valid ${issue.expected}`;
}

export const missingBody: ValidationEntry = { type: 'missing', loc: ['body'], msg: 'Field required' };
export const malformedForm: ValidationEntry = { type: 'value_error', loc: ['body'], msg: 'Form decode error' };
export const malformedJson: ValidationEntry = { type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error' };
