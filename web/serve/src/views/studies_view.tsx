// Reproductions: the claims of the studies whose judgements lie in the store.
import type {App} from '../app';
import type {Study} from '../types';

export function StudiesView({app}: {app: App}) {
  const {studies} = app;
  return (
    <>
      <h1>Reproductions</h1>
      <p class="note">Claims of publications, judged by <code>groklab reproduce</code>. Judgements are read from the store's folder <code>reproductions</code>.</p>
      {studies === null && <p class="note" role="status">Reading {'\u2026'}</p>}
      {studies?.length === 0 && <p class="note">None yet. <code>groklab reproduce STUDY --json STORE/reproductions/NAME.json</code> puts one there.</p>}
      {studies?.map((study) => <OneStudy key={study.file} study={study} />)}
    </>
  );
}

function OneStudy({study}: {study: Study}) {
  const id = `study-${study.file.replace(/\W/g, '-')}`;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{study.study} <span class="unit">{study.scale}{study.protocol ? `, protocol ${study.protocol}` : ''}</span></h2>
      <div class="scroll" tabIndex={0} role="group" aria-labelledby={id}>
        <table class="claims">
          <thead><tr><th scope="col">Claim</th><th scope="col">Verdict</th><th scope="col">Effect</th><th scope="col">What came out</th></tr></thead>
          <tbody>
            {study.claims.map((claim) => (
              <tr key={claim.claim}>
                <th scope="row">{claim.title || claim.claim}<span class="what"> {claim.title ? claim.claim : ''}</span></th>
                <td><span class={`verdict ${claim.verdict}`}>{claim.verdict}</span></td>
                <td class="effect">{claim.effect || '\u2013'}</td>
                <td>{claim.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="hint">{study.file}</p>
    </section>
  );
}
