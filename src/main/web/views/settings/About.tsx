import { useEffect, useState } from 'preact/hooks';
import { license, version } from '../../package.json';
import { text } from '../../strings.ts';
import { Logo } from '../Logo.tsx';

/** Of the page as the server delivers it now: it names the hashes of its scripts, so it stands for all of them. */
function PageHash() {
  const [hash, setHash] = useState<string | undefined>(undefined);
  useEffect(() => {
    let isGone = false;
    pageHash().then(
      (found) => !isGone && setHash(found),
      () => !isGone && setHash(''),
    );
    return () => {
      isGone = true;
    };
  }, []);
  if (hash === undefined) return text.loading;
  return hash === '' ? text.aboutPageFailed : <code class="page-hash">{hash}</code>;
}

async function pageHash(): Promise<string> {
  const response = await fetch(new URL('./', location.href), { cache: 'no-store' });
  if (!response.ok) throw new Error(`${response.status}`);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await response.arrayBuffer()));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function About() {
  return (
    <div class="about">
      <Logo />
      <h3>{text.product}</h3>
      <p>{text.aboutText}</p>
      <dl class="facts">
        <div>
          <dt>{text.aboutVersion}</dt>
          <dd>{version}</dd>
        </div>
        <div>
          <dt>{text.aboutLicence}</dt>
          <dd>
            {license}; <a href="./licences.txt">{text.aboutOthers}</a>
          </dd>
        </div>
        <div>
          <dt>{text.aboutEncryption}</dt>
          <dd>{text.aboutEncryptionHow}</dd>
        </div>
      </dl>
      <p class="hint">{text.aboutPromise}</p>
      <p class="hint">
        {text.aboutPage} <PageHash />
      </p>
    </div>
  );
}
