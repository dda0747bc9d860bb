// Shows the OpenAPI of the node that serves this page. A file of its own, because the page's Content-Security-Policy
// allows no inline script.
"use strict";

window.SwaggerUIBundle({
  url: new URL("../v1/openapi.json", document.baseURI).href,
  dom_id: "#api",
  deepLinking: true,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  // a token typed into this page stays in its memory
  persistAuthorization: false,
  // no address in the page's own URL may name another document
  queryConfigEnabled: false,
  // the default asks a validator on another origin
  validatorUrl: null,
});
