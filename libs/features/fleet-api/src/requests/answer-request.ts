import type { FastifyReply } from 'fastify';
import type { RequestAnswer } from './request-answer';

/** Gives an answer its status: 202 with the place to ask again while it is pending. */
export function answerRequest(reply: FastifyReply, answer: RequestAnswer, doneStatus: 200 | 202 = 200): RequestAnswer {
  if (answer.outcome === 'pending') void reply.status(202).header('location', `/v1/requests/${encodeURIComponent(answer.requestId)}`);
  else void reply.status(doneStatus);
  return answer;
}
