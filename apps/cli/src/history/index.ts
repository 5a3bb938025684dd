export { HistoryFile } from './history-file';
export { HISTORY_GROUP, HistoryRecorder } from './history-recorder';
export { historyRecordSchema } from './history-record';
export type { HistoryKind, HistoryPart, HistoryRecord, RecordOf, Unplaced } from './history-record';
export { HistoryUnreadableError } from './history-unreadable-error';
export { mergeHistory } from './merge-history';
export { readHistory } from './read-history';
