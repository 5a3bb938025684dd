import { parseArgs } from 'node:util';
import { UsageError } from './usage-error';

/** What a command takes. Numbers are integers with their range. */
export interface FlagTable {
  readonly [name: string]:
    | { readonly kind: 'switch'; readonly about: string }
    | { readonly kind: 'text'; readonly about: string; readonly choices?: readonly string[] }
    | { readonly kind: 'integer'; readonly about: string; readonly min: number; readonly max: number }
    | { readonly kind: 'decimal'; readonly about: string; readonly min: number; readonly max: number };
}

export class Flags {
  private constructor(private readonly values: Readonly<Record<string, string | boolean | undefined>>, private readonly table: FlagTable, readonly operands: readonly string[]) {}

  /** @throws UsageError naming the first flag or operand that the command does not take */
  static read(args: readonly string[], table: FlagTable, operandNames: readonly string[]): Flags {
    const options = Object.fromEntries(Object.entries(table).map(([name, { kind }]) => [name, { type: kind === 'switch' ? 'boolean' as const : 'string' as const }]));
    const { tokens, values, positionals } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
    for (const token of tokens) {
      if (token.kind !== 'option') continue;
      const flag = Object.hasOwn(table, token.name) ? table[token.name] : undefined;
      if (flag === undefined) throw new UsageError(`${token.rawName} is not a flag of this command`);
      if (flag.kind !== 'switch' && (token.value === undefined || token.value === '')) throw new UsageError(`${token.rawName} needs a value`);
      if (flag.kind === 'switch' && token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`);
    }
    if (positionals.length > operandNames.length) throw new UsageError(`${positionals[operandNames.length]!} is not expected here`);
    if (positionals.length < operandNames.length) throw new UsageError(`${operandNames[positionals.length]!} is missing`);
    return new Flags(values, table, positionals);
  }

  isSet(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    if (typeof value !== 'string') return undefined;
    const flag = this.table[name];
    if (flag?.kind === 'text' && flag.choices?.includes(value) === false) throw new UsageError(`--${name}: ${value} is not one of ${flag.choices.join(', ')}`);
    return value;
  }

  /** @throws UsageError when the value is no number of the flag's kind and range */
  number(name: string): number | undefined {
    const value = this.values[name];
    const flag = this.table[name];
    if (typeof value !== 'string' || flag === undefined || (flag.kind !== 'integer' && flag.kind !== 'decimal')) return undefined;
    const pattern = flag.kind === 'integer' ? /^-?\d+$/ : /^-?\d+(\.\d+)?$/;
    const number = pattern.test(value) ? Number(value) : NaN;
    if (!(number >= flag.min && number <= flag.max)) throw new UsageError(`--${name}: ${value} is not ${flag.kind === 'integer' ? 'an integer' : 'a number'} from ${flag.min} to ${flag.max}`);
    return number;
  }
}

/** Help text of a command. */
export function describeFlags(usage: string, about: string, table: FlagTable): string {
  const rows = Object.entries(table).map(([name, flag]) => {
    const value = flag.kind === 'switch' ? '' : flag.kind === 'text' ? (flag.choices?.join('|') ?? 'TEXT') : `${flag.min}..${flag.max}`;
    return `  --${`${name} ${value}`.padEnd(34)} ${flag.about}`;
  });
  return `${usage}\n\n${about}\n\n${rows.join('\n')}\n`;
}
