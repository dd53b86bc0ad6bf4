// SPDX-License-Identifier: Apache-2.0
// Puts script and style into the page itself and states, by digest, that no other script may run.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const marker = '<script type="application/json" id="report-data">';

// The page holds code of these, so it carries what their licences ask to be carried.
const notices = [
  'echarts/NOTICE',
  'echarts/LICENSE',
  'echarts/licenses/LICENSE-d3',
  'zrender/LICENSE',
  'tslib/LICENSE.txt',
];

function noticesComment(): string {
  const texts = notices.map((file) => {
    const text = readFileSync(new URL(`./node_modules/${file}`, import.meta.url), 'utf8').trim();
    return `${file}\n\n${text}`;
  });
  const all = ['This page holds Apache ECharts, ZRender and tslib.', ...texts].join('\n\n');
  return `<!--\n${all.replaceAll('--', '- -')}\n-->`;
}

export function oneFile(): Plugin {
  return {
    name: 'one-file',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = bundle['report.html'];
      if (page?.type !== 'asset') throw new Error('building the page: report.html is missing');
      let html = String(page.source);
      let script = '';
      let style = '';
      for (const [name, part] of Object.entries(bundle)) {
        if (name === 'report.html') continue;
        if (part.type === 'chunk') script += part.code;
        else if (name.endsWith('.css')) style += String(part.source);
        else throw new Error(`building the page: ${name} cannot be inlined`);
        delete bundle[name];
      }
      script = script.trim().replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
      const digest = createHash('sha256').update(script).digest('base64');
      const policy = [
        "default-src 'none'",
        'img-src data:',
        `script-src 'sha256-${digest}'`,
        // The plotting library sets style attributes; styles can reach nothing outside either.
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
      ].join('; ');
      html = html
        .replace(/\s*<script type="module"[^>]*><\/script>/, '')
        .replace(/\s*<link rel="stylesheet"[^>]*>/, '')
        .replace('%POLICY%', () => policy)
        .replace('</head>', () => `<style>${style.trim()}</style>\n  </head>`)
        .replace('</body>', () => `<script type="module">${script}</script>\n  </body>`)
        .replace('</html>', () => `${noticesComment()}\n</html>`);
      if (html.split(marker).length !== 2) {
        throw new Error('building the page: the place for the data must be there exactly once');
      }
      page.source = html;
    },
  };
}
