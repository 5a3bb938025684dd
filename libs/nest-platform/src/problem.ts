/** An RFC 9457 problem document with our stable code. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** Ends a request with a problem document. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(status: number, code: `QM_${string}`, detail: string, errors?: Problem['errors']) {
    super(detail);
    this.name = 'ProblemError';
    this.problem = { type: `urn:quaymaster:problem:${code}`, title: titleOf(status), status, code, detail, ...(errors === undefined ? {} : { errors }) };
  }
}

export function titleOf(status: number): string {
  switch (status) {
    case 400: return 'The request is not valid';
    case 401: return 'A token is needed';
    case 403: return 'Not allowed';
    case 404: return 'Not found';
    case 409: return 'Conflict with what was done before';
    case 413: return 'The body is too large';
    case 415: return 'The content type is not supported';
    case 429: return 'Too many requests';
    case 503: return 'Not available now';
    default: return status >= 500 ? 'Internal error' : 'The request was refused';
  }
}
