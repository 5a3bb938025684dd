import { breakdown } from './breakdown';
import { crossingFailure } from './crossing-failure';
import { offRoute } from './off-route';
import { operatorPause } from './operator-pause';
import type { Scenario, ScenarioName } from './scenario';

export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  'crossing-failure': crossingFailure, breakdown, 'off-route': offRoute, 'operator-pause': operatorPause,
};

export const scenarioNames: readonly ScenarioName[] = ['crossing-failure', 'breakdown', 'off-route', 'operator-pause'];
