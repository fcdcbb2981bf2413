import type { SQSEvent } from 'aws-lambda';
import { convergeTask } from '#shared/access/converge.ts';
import { inspectStrangerTask } from '#shared/access/inspect-stranger.ts';
import { inspectUserTask } from '#shared/access/inspect-user.ts';
import { reconcileTask } from '#shared/access/reconcile-router.ts';
import { reconnectStrangerTask } from '#shared/access/reconnect-stranger.ts';
import { jobMessage } from '#shared/routers/jobs.ts';
import { findHostTask } from '#shared/routers/find-host.ts';
import { knockTask, probeTask } from '#shared/routers/probe.ts';
import { work } from '#shared/routers/worker.ts';
import { openServices } from '#shared/services.ts';
import { workers } from '#shared/workers.ts';

/** Batch size is one: a larger batch would mix routers and wait for the slowest. Always acknowledges (design 4). */
export async function handler(event: SQSEvent): Promise<void> {
  // Half a megabyte of alphabets comes with it.
  const { routerOsTransport } = await import('#shared/routers/routeros/client.ts');
  for (const { body } of event.Records) {
    const message = jobMessage.parse(JSON.parse(body));
    const services = openServices(workers.routerJobs.needs, message.correlationId);
    const { accesses, reconciles, clock, logger } = services;
    const access = { accesses, reconciles, accessCodes: services.box('access-codes'), clock, logger };
    const tasks = {
      'converge-access': convergeTask(access),
      reconnect: convergeTask(access),
      'reconnect-stranger': reconnectStrangerTask(access),
      reconcile: reconcileTask(access),
      probe: probeTask({ clock }),
      knock: knockTask,
      'find-host': findHostTask,
      'inspect-user': inspectUserTask,
      'inspect-stranger': inspectStrangerTask(access),
    };
    await work(message, tasks, services.workerParts(logger, routerOsTransport()));
  }
}
