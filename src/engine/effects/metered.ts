import type { Model } from '../../diagnosis/model.ts';
import type { Collectors } from '../../evidence/collector.ts';
import type { Metrics } from '../../observability/metrics.ts';

/** The same model, with every question counted and timed. */
export function meteredModel(model: Model, metrics: Metrics): Model {
  return {
    name: model.name,
    async answer(followUp, signal, onClaim) {
      const done = metrics.modelCallDuration.startTimer();
      const answer = await model.answer(followUp, signal, onClaim);
      done();
      metrics.modelCalls.inc({ result: answer.kind === 'claims' ? 'answer' : 'failed' });
      return answer;
    },
    async ask(question, signal) {
      const done = metrics.modelCallDuration.startTimer();
      const answer = await model.ask(question, signal);
      done();
      metrics.modelCalls.inc({ result: answer.kind === 'proposal' ? 'proposal' : answer.failure });
      if (answer.kind === 'proposal') {
        metrics.modelTokens.inc({ direction: 'in' }, answer.tokens.in);
        metrics.modelTokens.inc({ direction: 'out' }, answer.tokens.out);
      }
      return answer;
    },
  };
}

/** The same collectors, timed, with their failures counted; one that is late counts when it gives up. */
export function meteredCollectors(collectors: Collectors, metrics: Metrics): Collectors {
  return {
    async answer(request, signal) {
      const labels = { collector: request.collector };
      const done = metrics.collectorDuration.startTimer(labels);
      try {
        return await collectors.answer(request, signal);
      } catch (error) {
        metrics.collectorFailures.inc(labels);
        throw error;
      } finally {
        done();
      }
    },
  };
}
