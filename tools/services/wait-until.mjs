import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until it is answered with something truthy, and returns that. Errors count as "not yet".
 * @param ask may take as long as it likes: it is left alone when the time is up
 * @throws Error with the last reason when `limitMs` has passed, or at once with the error of `giveUp`
 */
export async function waitUntil(ask, { limitMs, everyMs = 100, giveUp = () => undefined }) {
  const until = performance.now() + limitMs;
  let because = 'it gave no answer';
  while (performance.now() < until) {
    const reason = giveUp();
    if (reason !== undefined) throw new Error(reason);
    try {
      const answer = await within(ask, Math.max(1, until - performance.now()));
      if (answer) return answer;
    } catch (error) {
      because = messageOf(error);
    }
    await sleep(everyMs);
  }
  throw new Error(`no answer within ${Math.round(limitMs / 1000)} s: ${because}`);
}

async function within(ask, limitMs) {
  const timer = new AbortController();
  try {
    return await Promise.race([ask(), sleep(limitMs, undefined, { signal: timer.signal }).then(() => { throw new Error('it does not answer'); })]);
  } finally {
    timer.abort();
  }
}

/** One line: clients throw aggregates and errors without a message. */
export function messageOf(error) {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  const message = error instanceof Error ? error.message || error.code || error.name : String(error);
  return String(message).split('\n')[0];
}
