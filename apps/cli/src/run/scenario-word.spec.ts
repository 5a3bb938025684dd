import { readScenarioWords, sayScenarioWord, type ScenarioWord } from './scenario-word';

it('what a simulator says is read again, among other lines and while the last one is still on its way', () => {
  let out = 'simulator is ready on http://127.0.0.1:1 as simulator-1: 8 vehicles\n';
  const io = { out: (text: string) => { out += text; }, note: () => undefined, onEnd: () => () => undefined };
  const words: ScenarioWord[] = [{ word: 'triggered', atMs: 1 }, { word: 'over', atMs: 2, isComplete: true, incidents: [] }, { word: 'left', atMs: 3, contacts: 0 }];
  for (const word of words) sayScenarioWord(io, word);
  expect(readScenarioWords(out)).toEqual(words);
  expect(readScenarioWords(out.slice(0, -1))).toEqual(words.slice(0, 2));
  expect(() => readScenarioWords('{"word":"left"}\n')).toThrow();
});
