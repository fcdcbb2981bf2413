export interface Cause {
  readonly code: number;
  readonly description: string;
}

/** A refusal, as Mercado Pago words it: `{status, error, message, cause}`. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: number;
  readonly error: string;
  readonly causes: readonly Cause[];

  constructor(status: number, error: string, message: string, causes: readonly Cause[] = []) {
    super(message);
    this.status = status;
    this.error = error;
    this.causes = causes;
  }

  /** The message is that of the first cause. */
  static badRequest(causes: readonly Cause[]): Problem {
    return new Problem(400, 'bad_request', causes[0]?.description ?? 'Params Error', causes);
  }

  static paymentNotFound(): Problem {
    return Problem.#withCause(404, 'not_found', 2000, 'Payment not found');
  }

  static noSuchPath(): Problem {
    return new Problem(404, 'not_found', 'Resource not found.');
  }

  static wrongState(): Problem {
    return Problem.#withCause(
      400,
      'bad_request',
      2063,
      'The action requested is not valid for the current payment state',
    );
  }

  static unauthorized(): Problem {
    return Problem.#withCause(401, 'unauthorized', 2001, 'The access token is invalid');
  }

  static forbidden(): Problem {
    return new Problem(403, 'forbidden', 'The caller is not authorized to access this resource');
  }

  static tooManyRequests(): Problem {
    return new Problem(429, 'too_many_requests', 'Too many requests.');
  }

  /** Documented for Orders; what Payments answers to a key that was used for another body is not known (B.3). */
  static keyAlreadyUsed(): Problem {
    return new Problem(409, 'idempotency_key_already_used', 'The idempotency key was already used.');
  }

  static locked(): Problem {
    return new Problem(423, 'resource_locked', 'The resource is locked by another request.');
  }

  /** In the shape that was seen (B.6): no cause, and nothing to learn from it. */
  static internal(): Problem {
    return new Problem(500, 'internal_server_error', 'internal_error');
  }

  static #withCause(status: number, error: string, code: number, description: string): Problem {
    return new Problem(status, error, description, [{ code, description }]);
  }
}
