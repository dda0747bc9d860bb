import { license, version } from '../../package.json';
import { text } from '../../strings.ts';
import { Logo } from '../Logo.tsx';

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
    </div>
  );
}
