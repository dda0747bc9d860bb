package io.parley.mls;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A ratchet tree as RFC 9420, §7.7 draws it: a full binary tree that grows by a root and a blank right half,
/// and shrinks when its right half is blank. Slow on purpose, and without a thought of leaf numbers.
final class NaiveTree {
    private Node root = new Node();

    /// A leaf, or two halves.
    private static final class Node {
        private @Nullable Node left;
        private @Nullable Node right;
        private Optional<Member> member = Optional.empty();

        static Node above(final Node left, final Node right) {
            final var node = new Node();
            node.left = left;
            node.right = right;
            return node;
        }

        void leaves(final List<Node> into) {
            if (left == null || right == null) {
                into.add(this);
            } else {
                left.leaves(into);
                right.leaves(into);
            }
        }

        boolean isBlank() {
            final var all = new ArrayList<Node>();
            leaves(all);
            return all.stream().allMatch(leaf -> leaf.member.isEmpty());
        }

        Node blankCopy() {
            return left == null || right == null ? new Node() : above(left.blankCopy(), right.blankCopy());
        }
    }

    private List<Node> leaves() {
        final var all = new ArrayList<Node>();
        root.leaves(all);
        return all;
    }

    void add(final Member member) {
        final var blank =
                leaves().stream().filter(leaf -> leaf.member.isEmpty()).findFirst();
        if (blank.isPresent()) {
            blank.get().member = Optional.of(member);
        } else {
            root = Node.above(root, root.blankCopy());
            add(member);
        }
    }

    /// Of several, all are removed before the tree shrinks, or the others' leaves might be gone.
    void remove(final List<Integer> places) {
        final var all = leaves();
        places.forEach(place -> all.get(place).member = Optional.empty());
        while (root.left != null && root.right != null && root.right.isBlank()) {
            root = root.left;
        }
    }

    Member at(final int place) {
        return leaves().get(place).member.orElseThrow();
    }

    void renew(final int place, final Member member) {
        leaves().get(place).member = Optional.of(member);
    }

    SortedMap<Integer, Member> membersByLeaf() {
        final var members = new TreeMap<Integer, Member>();
        final var all = leaves();
        for (int place = 0; place < all.size(); place++) {
            if (all.get(place).member.isPresent()) {
                members.put(place, all.get(place).member.get());
            }
        }
        return members;
    }
}
