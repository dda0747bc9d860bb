/// The manifests in `k8s` and the Containerfile, held against Kubernetes' own types and against the program.
@NullMarked
package io.parley.kubernetes;

import org.jspecify.annotations.NullMarked;
