/// What a delivery service must see of MLS (RFC 9420): a strict reader of its messages, and who sits at which
/// leaf of a group. Bytes in, records out; no secrets, nothing stored, nothing decrypted. Names are the RFC's,
/// and § is a section of it.
///
/// Whatever is read has been read to the last byte, with minimal lengths and within bounds; nothing is
/// allocated because of a length that is merely claimed. Whether a signature holds is asked separately, of what
/// has been read.
@NullMarked
package io.parley.mls;

import org.jspecify.annotations.NullMarked;
