package io.parley.mls;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/// MLS structures made by hand, with signatures that nobody checks: only their form matters.
final class HandMade {
    static final byte[] GROUP = Wire.ascii("a group");
    static final long EPOCH = 7;
    static final byte[] SIGNATURE = bytes(64, 0x51);
    static final byte[] TAG = bytes(32, 0x7a);

    static final Consumer<Wire> FROM_KEY_PACKAGE = wire -> wire.u8(1).u64(1_000).u64(2_000);
    static final Consumer<Wire> FROM_UPDATE = wire -> wire.u8(2);
    static final Consumer<Wire> FROM_COMMIT = wire -> wire.u8(3).vector("parent hash");
    static final Consumer<Wire> NO_EXTENSIONS = wire -> wire.vector();
    static final Consumer<Wire> CAPABILITIES = wire -> wire.vector(it -> it.u16(1)) // versions
            .vector(it -> it.u16(1)) // cipher suites
            .vector(it -> it.u16(0x0a0a)) // extensions
            .vector() // proposals
            .vector(it -> it.u16(1).u16(2)); // credentials

    static final Consumer<Wire> JOINER = wire -> wire.u8(4);
    static final Consumer<Wire> EXTERNAL_INIT = wire -> wire.u16(6).vector(bytes(32, 0x11));

    private HandMade() {}

    static byte[] bytes(final int length, final int value) {
        final var bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    /// A key of somebody's: the same for the same name.
    static byte[] key(final String name) {
        return Wire.of(wire -> {
            final var seed = new Random(name.hashCode());
            for (int i = 0; i < 32; i++) {
                wire.u8(seed.nextInt());
            }
        });
    }

    static Consumer<Wire> basic(final String name) {
        return wire -> wire.u16(1).vector(name);
    }

    static Consumer<Wire> leafNode(final String name, final byte[] signatureKey, final Consumer<Wire> source) {
        return leafNode(basic(name), signatureKey, source);
    }

    static Consumer<Wire> leafNode(
            final Consumer<Wire> credential, final byte[] signatureKey, final Consumer<Wire> source) {
        return wire -> wire.vector(bytes(32, 0x0e))
                .vector(signatureKey)
                .put(credential)
                .put(CAPABILITIES)
                .put(source)
                .put(NO_EXTENSIONS)
                .vector(SIGNATURE);
    }

    static Consumer<Wire> keyPackage(final Consumer<Wire> leafNode, final Consumer<Wire> extensions) {
        return wire -> wire.u16(1)
                .u16(1)
                .vector(bytes(32, 0x1c))
                .put(leafNode)
                .put(extensions)
                .vector(SIGNATURE);
    }

    static Consumer<Wire> keyPackage(final String name) {
        return keyPackage(leafNode(name, key(name), FROM_KEY_PACKAGE), NO_EXTENSIONS);
    }

    static Consumer<Wire> extension(final int type, final byte[] data) {
        return wire -> wire.u16(type).vector(data);
    }

    static Consumer<Wire> member(final long leaf) {
        return wire -> wire.u8(1).u32(leaf);
    }

    static Consumer<Wire> add(final String name) {
        return add(keyPackage(name));
    }

    static Consumer<Wire> add(final Consumer<Wire> keyPackage) {
        return wire -> wire.u16(1).put(keyPackage);
    }

    static Consumer<Wire> update(final String name) {
        return wire -> wire.u16(2).put(leafNode(name, key(name), FROM_UPDATE));
    }

    static Consumer<Wire> remove(final long leaf) {
        return wire -> wire.u16(3).u32(leaf);
    }

    static Consumer<Wire> psk(final String id) {
        return wire -> wire.u16(4).u8(1).vector(id).vector("nonce");
    }

    static Consumer<Wire> reInit() {
        return wire -> wire.u16(5).vector("the next group").u16(1).u16(1).put(NO_EXTENSIONS);
    }

    static Consumer<Wire> contextExtensions() {
        return wire -> wire.u16(7).put(NO_EXTENSIONS);
    }

    /// In a commit, said in full.
    static Consumer<Wire> byValue(final Consumer<Wire> proposal) {
        return wire -> wire.u8(1).put(proposal);
    }

    /// In a commit, referred to.
    static Consumer<Wire> byReference(final byte[] hash) {
        return wire -> wire.u8(2).vector(hash);
    }

    /// Two nodes, the upper with two ciphertexts.
    static Consumer<Wire> path(final String name) {
        return path(leafNode(name, key(name), FROM_COMMIT));
    }

    static Consumer<Wire> path(final Consumer<Wire> leafNode) {
        final Consumer<Wire> ciphertext = wire -> wire.vector(bytes(32, 0x33)).vector(bytes(48, 0x44));
        return wire -> wire.put(leafNode)
                .vector(nodes -> nodes.vector(bytes(32, 0x22))
                        .vector(ciphertext)
                        .vector(bytes(32, 0x23))
                        .vector(both -> both.put(ciphertext).put(ciphertext)));
    }

    static Consumer<Wire> commit(final List<Consumer<Wire>> proposals, final Optional<Consumer<Wire>> path) {
        return wire -> {
            wire.u8(3).vector(all -> proposals.forEach(each -> all.put(byValue(each))));
            wire.u8(path.isPresent() ? 1 : 0);
            path.ifPresent(wire::put);
        };
    }

    /// `FramedContent` and what follows, with all the tags that such a sender and content have.
    static byte[] publicMessage(
            final Consumer<Wire> sender, final Consumer<Wire> content, final boolean commit, final boolean member) {
        return Wire.message(1, wire -> {
            wire.vector(GROUP)
                    .u64(EPOCH)
                    .put(sender)
                    .vector("authenticated")
                    .put(content)
                    .vector(SIGNATURE);
            if (commit) {
                wire.vector(TAG);
            }
            if (member) {
                wire.vector(TAG);
            }
        });
    }

    static byte[] memberCommit(
            final long leaf, final List<Consumer<Wire>> proposals, final Optional<Consumer<Wire>> path) {
        return publicMessage(member(leaf), commit(proposals, path), true, true);
    }

    static byte[] externalCommit(final List<Consumer<Wire>> proposals, final Optional<Consumer<Wire>> path) {
        return publicMessage(JOINER, commit(proposals, path), true, false);
    }

    static byte[] privateMessage(final int contentType) {
        return Wire.message(
                2,
                wire -> wire.vector(GROUP)
                        .u64(EPOCH)
                        .u8(contentType)
                        .vector("authenticated")
                        .vector(bytes(28, 0x66))
                        .vector(bytes(300, 0x77)));
    }

    static byte[] welcome(final int members) {
        return Wire.message(
                3,
                wire -> wire.u16(1)
                        .vector(secrets -> {
                            for (int i = 0; i < members; i++) {
                                secrets.vector(bytes(32, i))
                                        .vector(bytes(32, 0x33))
                                        .vector(bytes(90, 0x44));
                            }
                        })
                        .vector(bytes(500, 0x55)));
    }

    static Consumer<Wire> groupContext() {
        return wire -> wire.u16(1)
                .u16(1)
                .vector(GROUP)
                .u64(EPOCH)
                .vector(bytes(32, 0x71))
                .vector(bytes(32, 0x72))
                .put(NO_EXTENSIONS);
    }

    /// @param tree its `ratchet_tree` extension's data
    static byte[] groupInfo(final byte[] tree) {
        return Wire.message(
                4,
                wire -> wire.put(groupContext())
                        .vector(all -> all.put(
                                        extension(Extension.EXTERNAL_PUB, Wire.of(it -> it.vector(key("external")))))
                                .put(extension(Extension.RATCHET_TREE, tree)))
                        .vector(TAG)
                        .u32(2)
                        .vector(SIGNATURE));
    }

    /// Ada at leaf 0, nobody at 1, Bo at 2, and a parent of all of them.
    static byte[] ratchetTree() {
        return Wire.of(tree -> tree.vector(nodes -> nodes.u8(1)
                .u8(1)
                .put(leafNode("ada", key("ada"), FROM_COMMIT))
                .u8(0)
                .u8(0)
                .u8(1)
                .u8(2)
                .vector(bytes(32, 0x22))
                .vector("parent hash")
                .vector(unmerged -> unmerged.u32(0).u32(2))
                .u8(1)
                .u8(1)
                .put(leafNode("bo", key("bo"), FROM_KEY_PACKAGE))));
    }

    static byte[] keyPackageMessage(final String name) {
        return Wire.message(5, keyPackage(name));
    }
}
