import type { ApiDocument } from './api-document';

/** The API's description as text, made once. */
export class ApiDocumentHolder {
  readonly json: string;

  constructor(document: ApiDocument) {
    this.json = JSON.stringify(document);
  }
}
