export interface ProblemDetail {
  readonly code: string;
  readonly text: string;
  readonly param?: string;
  /** The order that exists all the same, with its declined charge. */
  readonly order?: object;
}

/** A refusal, as Conekta words it: HTTP status, error type, and one detail. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: number;
  readonly type: string;
  readonly detail: ProblemDetail;

  constructor(status: number, type: string, detail: ProblemDetail) {
    super(detail.code);
    this.status = status;
    this.type = type;
    this.detail = detail;
  }

  static invalidParameter(param: string, fault: string): Problem {
    const code = `conekta.errors.parameter_validation.${param}.${fault}`;
    return new Problem(422, 'parameter_validation_error', {
      code,
      param,
      text: `The parameter "${param}" is invalid.`,
    });
  }

  static notFound(): Problem {
    return new Problem(404, 'resource_not_found_error', {
      code: 'conekta.errors.resource_not_found.entity',
      text: 'The resource was not found.',
    });
  }

  static unauthorized(): Problem {
    return new Problem(401, 'authentication_error', {
      code: 'conekta.errors.authentication.invalid_key',
      text: 'Authentication failed: the access key is not valid.',
    });
  }

  static missingKey(): Problem {
    return new Problem(401, 'authentication_error', {
      code: 'conekta.errors.authentication.missing_key',
      text: 'Please include your access key in your request.',
    });
  }

  static wrongVersion(): Problem {
    return new Problem(409, 'conflict_error', {
      code: 'conekta.errors.conflict.api_version',
      text: 'The API version in the Accept header is not supported.',
    });
  }

  static tooManyRequests(): Problem {
    return new Problem(429, 'rate_limit_error', {
      code: 'conekta.errors.rate_limit_exceeded',
      text: 'Too many requests.',
    });
  }

  static orderLocked(): Problem {
    return new Problem(428, 'precondition_required_error', {
      code: 'conekta.errors.precondition_required.combo.order.cannot_be_updated_because_has_charge',
      text: 'The order cannot be modified because it has already a charge.',
    });
  }

  /** What the real one answers when the operator's account is empty is not known; 402 is its one refusal of money. */
  static noBalance(): Problem {
    return new Problem(402, 'processing_error', {
      code: 'conekta.errors.processing.refund.not_enough_balance',
      text: 'The account does not hold enough money for this refund.',
    });
  }

  /** The specification tells of the limit, and not of the refusal: 422 is how the real one refuses what was asked for. */
  static tooManyWebhooks(): Problem {
    return new Problem(422, 'parameter_validation_error', {
      code: 'conekta.errors.parameter_validation.webhook.limit_reached',
      param: 'url',
      text: 'The account has as many webhooks as it can have.',
    });
  }

  static internal(): Problem {
    return new Problem(500, 'api_error', {
      code: 'conekta.errors.api.system.general_failure',
      text: 'There was a runtime error.',
    });
  }
}
