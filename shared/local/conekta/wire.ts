import type { Answer } from '../gateway/answer.ts';
import { problemAnswer } from './answers.ts';
import type { Problem } from './problem.ts';

const JSON_TYPE = 'application/vnd.conekta-v2.3.0+json; charset=utf-8';

export function jsonAnswer(status: number, value: object): Answer {
  return { status, type: JSON_TYPE, body: JSON.stringify(value) };
}

export function problem(error: Problem): Answer {
  return jsonAnswer(error.status, problemAnswer(error));
}
