/**
 * Our framing and message parsing against the AMI clients on npm: the recorded session of a real Asterisk, over the same
 * kind of socket, each client in a process of its own, in turn. Ours reads what the product reads: events that a
 * translator wants, eight headers each. What it costs to read everything stands in the log.
 */
import { CLIENTS, type ClientName, type ClientOrder, type ClientReport } from './load/ami-client.ts';
import type { RecordingReport } from './load/ami-recording.ts';
import { startHelper } from './load/processes.ts';
import { median } from './load/statistics.ts';
import type { RunOptions } from './run.ts';

export async function amiParserVsNpm({ isQuick, log }: RunOptions): Promise<number[]> {
  const rounds = isQuick ? 1 : 5;
  const recording = startHelper<never, RecordingReport>('./ami-recording.ts');
  const { port, messages } = await recording.next('listening');
  const clients = await Promise.all(
    CLIENTS.map(async (name) => {
      const helper = startHelper<ClientOrder, ClientReport>('./ami-client.ts', [name]);
      await helper.next('ready');
      return { name, helper, rates: [] as number[] };
    }),
  );
  // The first round warms up.
  for (let round = isQuick ? 1 : 0; round <= rounds; round++) {
    for (const { helper, rates } of clients) {
      const read = helper.next('read');
      helper.send({ port });
      const { cpuSeconds } = await read;
      if (round > 0) rates.push(messages / cpuSeconds);
    }
  }
  for (const { name, rates } of clients) log(`${name}: ${Math.round(median(rates))} messages per CPU-second`);
  for (const { helper } of clients) await helper.stop();
  await recording.stop();
  const ratesOf = (wanted: ClientName) => clients.find(({ name }) => name === wanted)?.rates ?? [];
  const theirs = clients.filter(({ name }) => !name.startsWith('ours')).map(({ rates }) => rates);
  return ratesOf('ours').map((ours, round) => ours / Math.max(...theirs.map((rates) => rates[round] ?? 0)));
}
