import type { Exchange, Judge, SentRequest } from './openapi.ts';
import type { Recorder } from './recorder.ts';

/** A call of an adapter, and what is special about it. */
export interface NamedCall {
  readonly verb: string;
  readonly what: string;
  /** How it has to end: a call that went wrong on its way may not have sent what it is here for. */
  readonly ends: string;
  readonly sendsNothing?: true;
  readonly run: () => Promise<string | { readonly kind: string }>;
}

/** A mistake put into a right exchange on purpose: a judge that lets one pass judges nothing. */
export interface PlantedMistake {
  readonly what: string;
  /** Which exchange is spoilt: the first whose method and path are like this. */
  readonly on: RegExp;
  readonly spoil: (exchange: Exchange) => Exchange;
  /** What has to be said of it. */
  readonly says: string;
}

export interface Subject {
  readonly name: string;
  readonly calls: readonly NamedCall[];
  readonly planted: readonly PlantedMistake[];
  /** What the file says of requests in words only. */
  readonly inWords?: (request: SentRequest) => readonly string[];
  /** What the file is silent about, or less than true, in the judge's own words: told, and no mistake. */
  readonly gaps: readonly string[];
  readonly judgesAnswers: boolean;
}

/** @returns whether everything is right, every planted mistake was found, and every gap was met */
export async function checkGateway(subject: Subject, judge: Judge, recorder: Recorder): Promise<boolean> {
  const { name, calls, planted, gaps } = subject;
  const said = (exchange: Exchange): readonly string[] => [
    ...judge.ofRequest(exchange.request),
    ...(subject.inWords?.(exchange.request) ?? []),
    ...(subject.judgesAnswers ? (judge.ofAnswer(exchange) ?? []) : []),
  ];

  const seen: Exchange[] = [];
  const met = new Set<string>();
  let wrong = 0;
  for (const call of calls) {
    const problems = await endOf(call);
    const exchanges = recorder.take();
    seen.push(...exchanges);
    for (const exchange of exchanges) {
      for (const sentence of said(exchange)) {
        if (gaps.includes(sentence)) met.add(sentence);
        else problems.push(`${nameOf(exchange)}: ${sentence}`);
      }
    }
    if ((exchanges.length === 0) !== (call.sendsNothing ?? false))
      problems.push(`${exchanges.length} requests were sent`);
    wrong += problems.length > 0 ? 1 : 0;
    console.log(
      `${problems.length > 0 ? 'WRONG' : 'ok   '} ${call.verb.padEnd(10)} ${call.what} (${exchanges.length}): ${call.ends}`,
    );
    for (const problem of problems) console.log(`      ${problem}`);
  }

  let found = 0;
  for (const { what, on, spoil, says } of planted) {
    const right = seen.find((exchange) => on.test(nameOf(exchange)));
    const before = right ? said(right) : [];
    const news = right ? said(spoil(right)).filter((sentence) => !before.includes(sentence)) : [];
    if (news.includes(says)) found += 1;
    else console.log(`BLIND  ${what}: not "${says}", but ${news.length > 0 ? news.join('; ') : 'nothing'}`);
  }
  for (const gap of gaps) console.log(met.has(gap) ? `SILENT ${gap}` : `STALE  ${gap}: nothing of the kind was met`);

  const judgedAnswers = () => seen.filter((exchange) => judge.ofAnswer(exchange) !== undefined).length;
  const answers = subject.judgesAnswers ? `${judgedAnswers()} answers` : 'answers not judged';
  console.log(
    `${name}: ${calls.length} calls, ${seen.length} requests, ${answers}, ${wrong} wrong; ` +
      `${found} of ${planted.length} planted mistakes found; ` +
      `${met.size} gaps in the specification`,
  );
  return wrong === 0 && found === planted.length && met.size === gaps.length;
}

async function endOf({ run, ends }: NamedCall): Promise<string[]> {
  try {
    const answer = await run();
    const end = typeof answer === 'string' ? answer : answer.kind;
    return end === ends ? [] : [`it ended as "${end}", not as "${ends}"`];
  } catch (error) {
    return [String(error)];
  }
}

const nameOf = ({ request }: Exchange): string => `${request.method} ${request.path}`;
