import type { Candidate, Plan, PlanGeometry, PlannedVehicle, PlanningInstance, PlanVehicle, TimedPath, Verdict } from './model';
import { orderFaults } from './verify-orders';
import { idlePolygons } from './verify-passing';
import { contacts, type MovingBody, type StandingBody } from './replay';

const SAME_PLACE_M = 1e-3;
const SAME_TIME_S = 1e-6;

export type Fault = Verdict['faults'][number];

/** A planned vehicle with what its plan refers to. */
export interface Checked {
  readonly vehicle: PlanVehicle;
  readonly planned: PlannedVehicle;
  readonly candidate: Candidate;
}

/**
 * Judges a plan without any of the code that made it: replays every timetable with the vehicles' true contours, and checks slots, starts, stops, speeds, orders
 * and figures. An empty list of faults means that the plan may be driven.
 *
 * Timetables that vehicles keep are not judged on their driving; they came from outside. Contacts of two bodies that both stay where they are
 * do not count.
 */
export function verify(instance: PlanningInstance, plan: Plan, geometry: PlanGeometry): Verdict {
  const faults: Fault[] = [];
  const checked: Checked[] = [];
  const byId = new Map(instance.vehicles.map((vehicle) => [vehicle.id, vehicle]));
  for (const planned of plan.vehicles) {
    const vehicle = byId.get(planned.id);
    const candidate = vehicle?.candidates[planned.candidate];
    if (vehicle === undefined || candidate === undefined) faults.push(fault('QM_PLAN_UNKNOWN', [planned.id], `${planned.id} has no candidate ${planned.candidate}`));
    else checked.push({ vehicle, planned, candidate });
  }
  faults.push(...rollFaults(instance, plan), ...slotFaults(checked), ...figureFaults(plan, checked));
  for (const entry of checked) faults.push(...(entry.vehicle.fixed === undefined ? driveFaults(entry) : []));
  const sound = checked.filter(({ planned }) => isTimetable(planned.timed));
  for (const { planned } of checked) if (!isTimetable(planned.timed)) faults.push(fault('QM_PLAN_TIMETABLE', [planned.id], `the timetable of ${planned.id} runs backwards`));
  const idle = instance.vehicles.filter((vehicle) => !plan.vehicles.some(({ id }) => id === vehicle.id));
  faults.push(...orderFaults(instance, plan, sound, idle, geometry), ...contactFaults(sound, idle, geometry));
  return { ok: faults.length === 0, faults };
}

function fault(code: string, vehicles: readonly string[], message: string): Fault {
  return { code, vehicles, message };
}

/** Everybody is either planned or named as not planned, once. */
function rollFaults(instance: PlanningInstance, plan: Plan): Fault[] {
  const faults: Fault[] = [];
  const times = new Map<string, number>();
  for (const { id } of [...plan.vehicles, ...plan.notPlanned]) times.set(id, (times.get(id) ?? 0) + 1);
  for (const { id } of instance.vehicles) {
    const count = times.get(id) ?? 0;
    if (count !== 1) faults.push(fault('QM_PLAN_ROLL', [id], count === 0 ? `${id} is neither planned nor named as not planned` : `${id} is named ${count} times`));
  }
  for (const { id, fixed, candidates } of instance.vehicles) {
    if (fixed !== undefined && candidates.length > 0 && !plan.vehicles.some((planned) => planned.id === id)) {
      faults.push(fault('QM_PLAN_ROLL', [id], `${id} keeps its timetable and is missing`));
    }
  }
  return faults;
}

function slotFaults(checked: readonly Checked[]): Fault[] {
  const owner = new Map<number, string>();
  const faults: Fault[] = [];
  for (const { planned, candidate } of checked) {
    if (candidate.slot < 0) continue;
    const other = owner.get(candidate.slot);
    if (other !== undefined) faults.push(fault('QM_PLAN_SLOT_TWICE', [other, planned.id], `${other} and ${planned.id} both end in slot ${candidate.slot}`));
    owner.set(candidate.slot, planned.id);
  }
  return faults;
}

function figureFaults(plan: Plan, checked: readonly Checked[]): Fault[] {
  const faults: Fault[] = [];
  const planned = checked.filter(({ vehicle }) => vehicle.fixed === undefined);
  const makespanS = Math.max(0, ...planned.filter(({ vehicle }) => vehicle.isBackground !== true).map((entry) => entry.planned.arrivalS));
  const sumS = planned.reduce((sum, entry) => sum + entry.planned.arrivalS, 0);
  if (Math.abs(plan.makespanS - makespanS) > 1e-6) faults.push(fault('QM_PLAN_FIGURES', [], `makespan is given as ${plan.makespanS} s and is ${makespanS} s`));
  if (Math.abs(plan.sumOfCostsS - sumS) > 1e-6) faults.push(fault('QM_PLAN_FIGURES', [], `sum of costs is given as ${plan.sumOfCostsS} s and is ${sumS} s`));
  if (plan.lowerBoundS > makespanS + 1e-6 || plan.gapRatio < 0) {
    faults.push(fault('QM_PLAN_BOUND', [], `lower bound ${plan.lowerBoundS} s (${plan.lbSource}) is above the makespan ${makespanS} s`));
  }
  return faults;
}

function isTimetable({ timeS, sM }: TimedPath): boolean {
  if (timeS.length !== sM.length || timeS.length === 0) return false;
  for (let i = 0; i < timeS.length; i += 1) if (!Number.isFinite(timeS[i]) || !Number.isFinite(sM[i])) return false;
  for (let i = 1; i < timeS.length; i += 1) if (timeS[i]! < timeS[i - 1]! || sM[i]! < sM[i - 1]!) return false;
  return true;
}

/** Starts where it is, goes as far as it must, stands where it may and as long as it must, ends at the end, and drives as it can. */
function driveFaults({ vehicle, planned, candidate }: Checked): Fault[] {
  const faults: Fault[] = [];
  const add = (code: string, message: string): void => { faults.push(fault(code, [planned.id], `${planned.id} ${message}`)); };
  const { timeS, sM } = planned.timed;
  if (!isTimetable(planned.timed)) return faults;
  const { route, startSM, stops } = candidate;
  const last = sM.length - 1;
  const brakedSM = startSM + (vehicle.speedMps * vehicle.speedMps) / (2 * vehicle.brakingMps2);
  const permittedSM = Math.min(Math.max(candidate.committedSM, startSM), route.lengthM);
  const freeToStandSM = Math.max(permittedSM, Math.min(brakedSM, route.lengthM));
  if (Math.abs(timeS[0]!) > SAME_TIME_S || Math.abs(sM[0]! - startSM) > SAME_PLACE_M) add('QM_PLAN_START', `starts at ${sM[0]!} m instead of ${startSM} m`);
  if (Math.abs(sM[last]! - Math.max(route.lengthM, startSM)) > SAME_PLACE_M) add('QM_PLAN_END', `ends at ${sM[last]!} m instead of ${route.lengthM} m`);
  if (Math.abs(timeS[last]! - planned.arrivalS) > 1e-3) add('QM_PLAN_END', `arrives at ${timeS[last]!} s, not at ${planned.arrivalS} s`);
  for (const { fromS, toS, atSM } of standstills(planned.timed)) {
    if (fromS > 0 && atSM < permittedSM - SAME_PLACE_M) add('QM_PLAN_COMMITTED', `stands at ${atSM} m although it may go on to ${permittedSM} m`);
    const mayStand = atSM <= freeToStandSM + SAME_PLACE_M || Math.abs(atSM - route.lengthM) < SAME_PLACE_M || stops.some((stop) => Math.abs(stop.sM - atSM) < SAME_PLACE_M)
      || route.waitSM.some((waitSM) => Math.abs(waitSM - atSM) < SAME_PLACE_M);
    if (!mayStand) add('QM_PLAN_KEEP_CLEAR', `stands at ${atSM} m for ${toS - fromS} s, where it must keep clear`);
  }
  if (sM[0]! < permittedSM - SAME_PLACE_M && timeS.some((time, i) => i > 0 && time > 0 && sM[i]! <= sM[0]!)) {
    add('QM_PLAN_COMMITTED', `stays at ${sM[0]!} m although it may go on to ${permittedSM} m`);
  }
  for (const stop of stops) {
    const fromSM = Math.min(Math.max(stop.sM, permittedSM), route.lengthM) - SAME_PLACE_M;
    const toSM = Math.min(Math.max(stop.sM, freeToStandSM), route.lengthM) + SAME_PLACE_M;
    const stoodS = standstills(planned.timed).filter(({ atSM }) => atSM >= fromSM && atSM <= toSM).reduce((sum, { fromS, toS }) => sum + toS - fromS, 0);
    if (stoodS < stop.dwellS - 1e-3) add('QM_PLAN_DWELL', `stands for ${stoodS} s of ${stop.dwellS} s at its stop at ${stop.sM} m`);
  }
  for (const message of drivingFaults(vehicle, candidate, planned.timed, freeToStandSM)) add('QM_PLAN_DRIVING', message);
  return faults;
}

function standstills({ timeS, sM }: TimedPath): { readonly fromS: number; readonly toS: number; readonly atSM: number }[] {
  const found: { readonly fromS: number; readonly toS: number; readonly atSM: number }[] = [];
  for (let i = 0; i + 1 < sM.length; i += 1) {
    let end = i;
    while (end + 1 < sM.length && sM[end + 1] === sM[i]) end += 1;
    if (timeS[end]! - timeS[i]! > SAME_TIME_S) found.push({ fromS: timeS[i]!, toS: timeS[end]!, atSM: sM[i]! });
    i = Math.max(i, end - 1);
  }
  return found;
}

/** Mean speeds of neighbouring stretches cannot differ by more than the acceleration over the time between their middles. */
function drivingFaults(vehicle: PlanVehicle, { route, startSM }: Candidate, { timeS, sM }: TimedPath, firstStandSM: number): string[] {
  const faults: string[] = [];
  const hardestMps2 = Math.max(vehicle.brakingMps2, (vehicle.speedMps * vehicle.speedMps) / (2 * Math.max(1e-3, firstStandSM - startSM)));
  let beforeMps = vehicle.speedMps;
  let beforeMiddleS = 0;
  for (let i = 0; i + 1 < sM.length; i += 1) {
    const lastsS = timeS[i + 1]! - timeS[i]!;
    const wayM = sM[i + 1]! - sM[i]!;
    if (lastsS <= 0) {
      if (wayM > SAME_PLACE_M) faults.push(`jumps from ${sM[i]!} m to ${sM[i + 1]!} m`);
      continue;
    }
    const speedMps = wayM / lastsS;
    const middleS = (timeS[i]! + timeS[i + 1]!) / 2;
    const limitMps = Math.max(vehicle.speedMps * (sM[i]! <= firstStandSM ? 1 : 0), Math.min(vehicle.maximumSpeedMps, legalMps(route.limitFromSM, route.limitMps, sM[i]!, sM[i + 1]!)));
    if (speedMps > limitMps * 1.01 + 0.05) faults.push(`drives ${speedMps.toFixed(2)} m/s at ${sM[i]!.toFixed(1)} m where ${limitMps.toFixed(2)} m/s is allowed`);
    const changeMps2 = (speedMps - beforeMps) / Math.max(1e-3, middleS - beforeMiddleS);
    const brakingMps2 = sM[i]! <= firstStandSM ? hardestMps2 : vehicle.brakingMps2;
    if (lastsS > 1e-3 && (changeMps2 > vehicle.accelerationMps2 * 1.05 + 0.05 || changeMps2 < -brakingMps2 * 1.05 - 0.05)) {
      faults.push(`changes speed by ${changeMps2.toFixed(2)} m/s² at ${sM[i]!.toFixed(1)} m`);
    }
    beforeMps = speedMps;
    beforeMiddleS = middleS;
  }
  return faults;
}

function legalMps(limitFromSM: Float64Array, limitMps: Float64Array, fromSM: number, toSM: number): number {
  let highest = -Infinity;
  for (let i = 0; i < limitMps.length; i += 1) {
    const untilSM = i + 1 < limitFromSM.length ? limitFromSM[i + 1]! : Infinity;
    const beginsSM = i === 0 ? -Infinity : limitFromSM[i]!;
    if (beginsSM <= toSM && untilSM >= fromSM) highest = Math.max(highest, limitMps[i]!);
  }
  return highest === -Infinity ? Infinity : Math.max(0.1, highest);
}

function contactFaults(checked: readonly Checked[], idle: readonly PlanVehicle[], geometry: PlanGeometry): Fault[] {
  const moving = checked.map(({ planned }): MovingBody => ({
    id: planned.id, table: geometry.poseTable(planned.id, planned.candidate), model: geometry.model(planned.id), timed: planned.timed,
  }));
  const standing = idle.map((vehicle): StandingBody => ({ id: vehicle.id, polygons: idlePolygons(vehicle, geometry) }));
  return contacts(moving, standing)
    .map(({ a, b, atS }) => fault('QM_PLAN_CONTACT', [a, b], `${a} and ${b} touch after ${atS.toFixed(1)} s`));
}
