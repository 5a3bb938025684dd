/**
 * A validator judges artefacts of one kind:
 *
 *   name        first word of its lines
 *   tools       [{ tool, install }]: programs that it cannot do without
 *   needsData   true if it reads schemas of QM_DATA_DIR
 *   artefacts   (context) => [{ name, value }]; may be async
 *   faults      (value, context) => string[]; may be async; empty where all is well
 *   negatives   [{ name, of, spoil, says }]: `spoil` makes of the value of the artefact named `of` one that must be refused, for a reason that matches `says`
 *
 * A validator that accepts what it must refuse proves nothing about what it accepts, so that is a failure like any other.
 */

/** Prints one line a validator and artefact. Returns how many passed, failed and were skipped. */
export async function runValidators(validators, context, print) {
  const count = { ok: 0, FAILED: 0, skipped: 0 };
  const line = (validator, artefact, verdict, reason) => {
    count[verdict] += 1;
    print(`${validator.name} ${artefact} ${verdict}${reason === undefined ? '' : ` ${oneLine(reason)}`}`);
  };
  for (const validator of validators) {
    try {
      for (const { tool, install } of validator.tools ?? []) context.findTool(tool, install);
    } catch (error) {
      line(validator, '-', 'FAILED', error.message);
      continue;
    }
    if (validator.needsData === true && context.dataDir === undefined) {
      line(validator, '-', context.requiresData ? 'FAILED' : 'skipped', 'QM_DATA_DIR names no folder with schemas');
      continue;
    }
    await runOne(validator, context, line);
  }
  return count;
}

async function runOne(validator, context, line) {
  let artefacts;
  try {
    artefacts = await validator.artefacts(context);
    if (artefacts.length === 0) throw new Error('there is nothing to judge');
  } catch (error) {
    line(validator, '-', 'FAILED', error.message);
    return;
  }
  for (const { name, value } of artefacts) {
    const faults = await judge(validator, value, context);
    if (faults.length === 0) line(validator, name, 'ok');
    for (const fault of faults) line(validator, name, 'FAILED', fault);
  }
  if (validator.negatives.length === 0) line(validator, '-', 'FAILED', 'it has no negative fixture');
  for (const { name, of, spoil, says } of validator.negatives) {
    const label = `negative:${name.replaceAll(' ', '-')}`;
    const artefact = artefacts.find((candidate) => candidate.name === of);
    if (artefact === undefined) {
      line(validator, label, 'FAILED', `there is no artefact ${of} to spoil`);
      continue;
    }
    let spoilt;
    try {
      spoilt = await spoil(structuredClone(artefact.value));
    } catch (error) {
      line(validator, label, 'FAILED', `cannot be made of ${of}: ${error.message}`);
      continue;
    }
    const refused = (await judge(validator, spoilt, context)).find((fault) => says.test(fault));
    if (refused === undefined) line(validator, label, 'FAILED', `accepted, or refused for another reason than ${says}`);
    else line(validator, label, 'ok', `refused: ${refused}`);
  }
}

async function judge(validator, value, context) {
  try {
    return await validator.faults(value, context);
  } catch (error) {
    return [error.message];
  }
}

function oneLine(text) {
  const flat = text.trim().replace(/\s+/g, ' ');
  return flat.length > 300 ? `${flat.slice(0, 297)}...` : flat;
}
