export { generateTerminal } from './generate-terminal';
export type { TerminalSummary } from './generate-terminal';
export { terminalDefaults, terminalLimits } from './options';
export type { TerminalOptions } from './options';
