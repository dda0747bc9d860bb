/// The judges that hold real traffic against the published contracts: [io.parley.judge.FrameJudge] every frame
/// of a socket against `/v1/asyncapi.json`, [io.parley.judge.RestJudge] every REST exchange against
/// `/v1/openapi.json`. They know nothing of Parley's own codec, so that an error in it cannot excuse itself,
/// and they count what they have seen, so that a test can say that nothing was left out.
@NullMarked
package io.parley.judge;

import org.jspecify.annotations.NullMarked;
