import { Get } from '@nestjs/common';
import { ProblemError } from '@quaymaster/nest-platform';
import { z } from 'zod';
import { ApiController } from '../http/api-controller';
import { Operation } from '../http/operation';
import { safeIdSchema } from '../http/text';
import { ValidParams } from '../http/valid';
import { type RequestAnswer, requestAnswerSchema } from './request-answer';
import { SchedulerRequests } from './scheduler-requests.service';

const paramsSchema = z.strictObject({ requestId: safeIdSchema });

@ApiController('v1/requests')
export class RequestsController {
  constructor(private readonly requests: SchedulerRequests) {}

  @Get(':requestId')
  @Operation({
    summary: 'What became of a request', role: 'viewer', params: paramsSchema, answer: requestAnswerSchema, problems: { QM_REQUEST_UNKNOWN: 404 },
  })
  async getRequest(@ValidParams() { requestId }: z.infer<typeof paramsSchema>): Promise<RequestAnswer> {
    const answer = await this.requests.find(requestId);
    if (answer === undefined) throw new ProblemError(404, 'QM_REQUEST_UNKNOWN', `there is no request ${requestId}`);
    return answer;
  }
}
