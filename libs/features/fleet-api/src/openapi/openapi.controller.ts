import { Controller, Get, Header } from '@nestjs/common';
import { ApiDocumentHolder } from './api-document-holder';

/** The description of the API, for everybody. */
@Controller()
export class OpenApiController {
  constructor(private readonly holder: ApiDocumentHolder) {}

  @Get('openapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  getDocument(): string {
    return this.holder.json;
  }
}
