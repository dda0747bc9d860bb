package io.parley.keys;

import static io.parley.keys.KeysFixtures.ADA;
import static io.parley.keys.KeysFixtures.ALL;
import static io.parley.keys.KeysFixtures.BO;
import static io.parley.keys.KeysFixtures.BOS;
import static io.parley.keys.KeysFixtures.LAPTOP;
import static io.parley.keys.KeysFixtures.NOON;
import static io.parley.keys.KeysFixtures.PHONE;
import static io.parley.keys.KeysFixtures.TABLET;
import static io.parley.keys.KeysFixtures.UID;
import static io.parley.keys.KeysFixtures.identity;
import static io.parley.keys.KeysFixtures.keyPackage;
import static io.parley.keys.KeysFixtures.keyPackages;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.content.Octets;
import io.parley.id.DeviceId;
import io.parley.id.UserId;
import io.parley.keys.KeysFixtures.Asker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class KeysRulesTest {
    private static final Optional<Octets> NONE = Optional.empty();

    private final KeysRules rules = new KeysRules(ADA);
    private final Signer identity = new Signer();
    private final Signer phone = new Signer();
    private final Signer laptop = new Signer();
    private final Signer tablet = new Signer();
    private final List<Notice> notices = new ArrayList<>();
    private KeysState state = KeysState.NONE;
    private Instant now = NOON;
    private int requests;

    // publishing

    @Test
    void the_first_device_brings_the_identity_key_and_is_approved_by_it() {
        assertEquals(new KeysReply.Published(ADA, 3, true), first());
        final var directory = look(ALL);
        assertEquals(Optional.of(identity.key()), directory.identity());
        assertEquals(1, directory.devices().size());
        assertTrue(directory.devices().getFirst().signature().isPresent());
        assertEquals(List.of(new Notice.Changed(3)), notices);
    }

    @Test
    void without_an_identity_key_nobody_publishes() {
        assertEquals(new KeysReply.NoIdentity(ADA), publish(PHONE, phone, Optional.empty()));
        assertEquals(KeysState.NONE, state);
    }

    @Test
    void a_signature_by_another_key_is_refused() {
        final var stranger = new Signer();
        final var forged = Optional.of(
                new KeysCommand.Identity(identity.key(), stranger.crossSign(UID, PHONE, phone.key()), false));
        assertEquals(new KeysReply.BadSignature(ADA), publish(PHONE, phone, forged));
        final var ofAnotherDevice = Optional.of(
                new KeysCommand.Identity(identity.key(), identity.crossSign(UID, LAPTOP, phone.key()), false));
        assertEquals(new KeysReply.BadSignature(ADA), publish(PHONE, phone, ofAnotherDevice));
        assertEquals(KeysState.NONE, state);
    }

    @Test
    void said_again_it_changes_nothing() {
        first();
        final var before = state;
        assertEquals(new KeysReply.Published(ADA, 3, true), first());
        assertEquals(before, state);
        assertEquals(new KeysReply.Published(ADA, 3, true), publish(PHONE, phone, Optional.empty()));
        assertEquals(before, state);
    }

    @Test
    void a_device_never_gets_another_key() {
        first();
        assertEquals(
                new KeysReply.OtherKey(ADA, PHONE),
                publish(PHONE, laptop, identity(identity, PHONE, laptop.key(), false)));
    }

    @Test
    void two_first_devices_at_once_make_one_identity() {
        first();
        final var late = new Signer();
        assertEquals(
                new KeysReply.OtherIdentity(ADA), publish(LAPTOP, laptop, identity(late, LAPTOP, laptop.key(), false)));
        assertEquals(Optional.of(identity.key()), look(ALL).identity());
    }

    @Test
    void a_device_that_has_the_identity_key_needs_nobody_to_approve_it() {
        first();
        assertEquals(
                new KeysReply.Published(ADA, 5, true),
                publish(LAPTOP, laptop, identity(identity, LAPTOP, laptop.key(), false)));
    }

    @Test
    void another_identity_key_voids_all_approvals() {
        first();
        publish(LAPTOP, laptop, identity(identity, LAPTOP, laptop.key(), false));
        final var fresh = new Signer();
        assertInstanceOf(
                KeysReply.Published.class, publish(TABLET, tablet, identity(fresh, TABLET, tablet.key(), true)));
        final var directory = look(ALL);
        assertEquals(Optional.of(fresh.key()), directory.identity());
        assertEquals(
                List.of(TABLET),
                directory.devices().stream()
                        .filter(device -> device.signature().isPresent())
                        .map(KeysReply.Device::device)
                        .toList());
    }

    // approving

    @Test
    void a_later_device_is_approved_by_an_earlier_one_and_given_the_identity_key() {
        first();
        assertEquals(new KeysReply.Published(ADA, 4, false), publish(LAPTOP, laptop, Optional.empty()));
        final var sealed = Octets.of(new byte[] {7, 7});
        assertEquals(
                new KeysReply.Made(ADA),
                sign(PHONE, LAPTOP, identity.crossSign(UID, LAPTOP, laptop.key()), Optional.of(sealed)));
        assertEquals(Optional.of(sealed), own(LAPTOP).sealed());
        assertEquals(new Notice.Changed(5), notices.getLast());
        final var before = state;
        sign(PHONE, LAPTOP, identity.crossSign(UID, LAPTOP, laptop.key()), Optional.of(sealed));
        assertEquals(before, state);
    }

    @Test
    void who_is_not_approved_approves_nobody() {
        first();
        publish(LAPTOP, laptop, Optional.empty());
        publish(TABLET, tablet, Optional.empty());
        assertEquals(
                new KeysReply.NotApproved(ADA, LAPTOP),
                sign(LAPTOP, TABLET, identity.crossSign(UID, TABLET, tablet.key()), NONE));
    }

    @Test
    void an_approval_by_another_key_is_refused() {
        first();
        publish(LAPTOP, laptop, Optional.empty());
        assertEquals(
                new KeysReply.BadSignature(ADA), sign(PHONE, LAPTOP, phone.crossSign(UID, LAPTOP, laptop.key()), NONE));
        assertEquals(
                new KeysReply.NoSuchDevice(ADA, TABLET),
                sign(PHONE, TABLET, identity.crossSign(UID, TABLET, tablet.key()), NONE));
    }

    // key packages

    @Test
    void at_most_a_hundred_key_packages_are_kept_and_each_once() {
        first();
        assertEquals(new KeysReply.Stock(ADA, 60, true), stockUp(keyPackages(0, 60), Optional.of(keyPackage(999))));
        assertEquals(new KeysReply.Stock(ADA, 100, true), stockUp(keyPackages(50, 50), Optional.empty()));
        assertEquals(new KeysReply.TooMany(ADA, 100), stockUp(keyPackages(500, 1), Optional.empty()));
        final var before = state;
        assertEquals(new KeysReply.Stock(ADA, 100, true), stockUp(keyPackages(0, 100), Optional.empty()));
        assertEquals(before, state);
    }

    @Test
    void key_packages_of_another_key_are_refused() {
        first();
        final var asker = new Asker<KeysReply.ToStock>();
        take(new KeysCommand.StockUp(ADA, PHONE, laptop.key(), keyPackages(0, 1), Optional.empty(), asker));
        assertEquals(List.of(new KeysReply.WrongKey(ADA)), asker.told());
    }

    @Test
    void nobody_gets_a_key_package_that_somebody_else_has_got() {
        first();
        stockUp(keyPackages(0, 100), Optional.empty());
        final var seen = new HashSet<Octets>();
        for (int claimer = 0; claimer < 100; claimer++) {
            final var packages = claim(new UserId("user" + claimer)).packages();
            assertEquals(1, packages.size());
            assertTrue(seen.add(packages.getFirst().bytes()));
        }
        assertEquals(List.of(), claim(BO).packages());
    }

    @Test
    void a_claim_said_again_is_answered_the_same_and_takes_nothing_more() {
        first();
        stockUp(keyPackages(0, 5), Optional.empty());
        final var once = claim(BO, "c-1", List.of());
        final var before = state;
        now = now.plus(Duration.ofMinutes(50));
        assertEquals(once, claim(BO, "c-1", List.of()));
        assertEquals(before, state);
        assertEquals(4, own(PHONE).left());
    }

    @Test
    void the_package_of_last_resort_is_given_when_nothing_else_is_left_and_stays() {
        first();
        stockUp(keyPackages(0, 1), Optional.of(keyPackage(999)));
        assertEquals(false, claim(BO).packages().getFirst().lastResort());
        for (int i = 0; i < 3; i++) {
            final var last = claim(BO).packages().getFirst();
            assertTrue(last.lastResort());
            assertEquals(keyPackage(999).bytes(), last.bytes());
        }
    }

    @Test
    void nobody_can_use_up_the_key_packages_of_another() {
        first();
        stockUp(keyPackages(0, 100), Optional.of(keyPackage(999)));
        for (int i = 0; i < KeysRules.CLAIMS_OF_ONE_MAX; i++) {
            claim(BO);
        }
        final var asker = new Asker<KeysReply.ToClaim>();
        take(new KeysCommand.Claim(ADA, "one-more", BO, BOS, ALL, List.of(), asker));
        assertEquals(List.of(new KeysReply.TooOften(ADA, NOON.plus(KeysState.HANDED_FOR))), asker.told());
        now = now.plus(KeysState.HANDED_FOR);
        assertEquals(1, claim(BO).packages().size());
    }

    @Test
    void a_flood_of_claimers_gets_the_last_resort_and_leaves_the_others() {
        first();
        for (int round = 0; round < 3; round++) {
            stockUp(keyPackages(round * 100, 100 - own(PHONE).left()), Optional.of(keyPackage(9_999)));
            for (int claimer = 0; claimer < 90; claimer++) {
                claim(new UserId("user" + round + "-" + claimer));
            }
        }
        assertEquals(KeysState.HANDED_MAX, state.handed().size());
        final int left = own(PHONE).left();
        assertTrue(claim(BO).packages().getFirst().lastResort());
        assertEquals(left, own(PHONE).left());
    }

    @Test
    void a_device_hears_that_few_are_left() {
        first();
        stockUp(keyPackages(0, KeysRules.PACKAGES_LOW + 2), Optional.empty());
        notices.clear();
        claim(BO);
        assertEquals(List.of(), notices);
        claim(BO);
        assertEquals(List.of(new Notice.PackagesLow(PHONE, KeysRules.PACKAGES_LOW)), notices);
    }

    @Test
    void what_is_out_of_date_is_given_to_nobody_and_kept_no_longer() {
        first();
        final var soon = NOON.plus(Duration.ofDays(1));
        stockUp(List.of(keyPackage(1, soon), keyPackage(2)), Optional.of(keyPackage(3, soon)));
        now = soon;
        assertEquals(1, own(PHONE).left());
        assertEquals(keyPackage(2).bytes(), claim(BO).packages().getFirst().bytes());
        assertEquals(List.of(), claim(BO).packages());
        stockUp(keyPackages(10, 1), Optional.empty());
        assertEquals(keyPackages(10, 1), state.device(PHONE).orElseThrow().packages());
    }

    @Test
    void only_approved_and_linked_devices_are_claimed_and_never_ones_own() {
        first();
        stockUp(keyPackages(0, 5), Optional.empty());
        publish(LAPTOP, laptop, Optional.empty());
        take(new KeysCommand.StockUp(ADA, LAPTOP, laptop.key(), keyPackages(50, 5), Optional.empty(), new Asker<>()));
        assertEquals(List.of(PHONE), devices(claim(BO)));
        sign(PHONE, LAPTOP, identity.crossSign(UID, LAPTOP, laptop.key()), NONE);
        assertEquals(List.of(PHONE, LAPTOP), devices(claim(BO)));
        assertEquals(List.of(LAPTOP), devices(claim(BO, "only", List.of(LAPTOP))));
        final var asker = new Asker<KeysReply.ToClaim>();
        take(new KeysCommand.Claim(ADA, "own", ADA, PHONE, ALL, List.of(), asker));
        assertEquals(List.of(LAPTOP), devices((KeysReply.Claimed) asker.told().getFirst()));
        final var unlinked = new Linkage(12, List.of(PHONE));
        take(new KeysCommand.Claim(ADA, "after", BO, BOS, unlinked, List.of(), asker));
        assertEquals(List.of(PHONE), devices((KeysReply.Claimed) asker.told().getLast()));
    }

    // devices that go

    @Test
    void of_an_unlinked_device_nothing_is_kept() {
        first();
        publish(LAPTOP, laptop, Optional.empty());
        final var afterwards = new Linkage(12, List.of(LAPTOP, TABLET));
        assertEquals(1, look(afterwards).devices().size());
        final var asker = new Asker<KeysReply.ToPublish>();
        take(new KeysCommand.Publish(ADA, UID, TABLET, 11, afterwards, tablet.key(), Optional.empty(), NONE, asker));
        assertEquals(Optional.empty(), state.device(PHONE));
        assertTrue(state.device(LAPTOP).isPresent());
    }

    @Test
    void when_a_device_is_unlinked_its_keys_go_and_whoever_uses_them_is_told() {
        first();
        publish(LAPTOP, laptop, Optional.empty());
        notices.clear();
        final var asker = new Asker<KeysReply.ToUnlink>();
        final var unlinked = new KeysCommand.Unlink(ADA, new Linkage(12, List.of(PHONE)), asker);
        take(unlinked);
        assertEquals(new KeysReply.Made(ADA), asker.told().getLast());
        assertEquals(Optional.empty(), state.device(LAPTOP));
        assertEquals(List.of(new Notice.Changed(5)), notices);
        final var before = state;
        take(unlinked); // or a device that had published nothing
        assertEquals(before, state);
        assertEquals(List.of(new Notice.Changed(5), new Notice.Changed(5)), notices);
    }

    @Test
    void of_somebody_without_keys_it_is_told_to_nobody_that_a_device_is_unlinked() {
        take(new KeysCommand.Unlink(ADA, new Linkage(12, List.of(PHONE)), new Asker<KeysReply.ToUnlink>()));
        assertEquals(KeysState.NONE, state);
        assertEquals(List.of(), notices);
    }

    @Test
    void a_list_from_before_a_device_was_linked_does_not_make_it_go() {
        first(); // linked with the generation 2
        final var older = new Linkage(1, List.of());
        assertEquals(1, look(older).devices().size());
        final var asker = new Asker<KeysReply.ToPublish>();
        take(new KeysCommand.Publish(ADA, UID, LAPTOP, 3, older, laptop.key(), Optional.empty(), NONE, asker));
        assertTrue(state.device(PHONE).isPresent());
    }

    @Test
    void a_deleted_account_leaves_nothing_and_gets_nothing() {
        first();
        stockUp(keyPackages(0, 5), Optional.empty());
        claim(BO);
        final var erased = new Asker<KeysReply.ToErase>();
        take(new KeysCommand.Erase(ADA, erased));
        assertEquals(List.of(new KeysReply.Made(ADA)), erased.told());
        assertEquals(List.of(), state.devices());
        assertEquals(List.of(), state.handed());
        assertEquals(new KeysReply.NotNow(ADA), first());
        assertEquals(Optional.empty(), look(ALL).identity());
    }

    @Test
    void what_is_for_another_is_refused() {
        final var asker = new Asker<KeysReply.ToLook>();
        take(new KeysCommand.Look(BO, ALL, asker));
        assertEquals(List.of(new KeysReply.NotNow(BO)), asker.told());
    }

    // by hand

    private KeysReply.ToPublish first() {
        return publish(PHONE, phone, identity(identity, PHONE, phone.key(), false));
    }

    private KeysReply.ToPublish publish(
            final DeviceId device, final Signer signer, final Optional<KeysCommand.Identity> brought) {
        final var asker = new Asker<KeysReply.ToPublish>();
        take(new KeysCommand.Publish(ADA, UID, device, 2, ALL, signer.key(), brought, NONE, asker));
        return asker.told().getLast();
    }

    private KeysReply.ToSign sign(
            final DeviceId by, final DeviceId device, final Octets signature, final Optional<Octets> sealed) {
        final var asker = new Asker<KeysReply.ToSign>();
        take(new KeysCommand.Sign(ADA, UID, by, ALL, device, signature, sealed, asker));
        return asker.told().getLast();
    }

    private KeysReply.ToStock stockUp(final List<StoredPackage> packages, final Optional<StoredPackage> lastResort) {
        final var asker = new Asker<KeysReply.ToStock>();
        take(new KeysCommand.StockUp(ADA, PHONE, phone.key(), packages, lastResort, asker));
        return asker.told().getLast();
    }

    private KeysReply.Own own(final DeviceId device) {
        final var asker = new Asker<KeysReply.ToOwn>();
        take(new KeysCommand.AskOwn(ADA, device, asker));
        return assertInstanceOf(KeysReply.Own.class, asker.told().getLast());
    }

    private KeysReply.Claimed claim(final UserId claimer) {
        requests++;
        return claim(claimer, "request-" + requests, List.of());
    }

    private KeysReply.Claimed claim(final UserId claimer, final String id, final List<DeviceId> only) {
        final var asker = new Asker<KeysReply.ToClaim>();
        take(new KeysCommand.Claim(ADA, id, claimer, BOS, ALL, only, asker));
        return assertInstanceOf(KeysReply.Claimed.class, asker.told().getLast());
    }

    private static List<DeviceId> devices(final KeysReply.Claimed claimed) {
        return claimed.packages().stream().map(KeysReply.Given::device).toList();
    }

    private KeysReply.Directory look(final Linkage linked) {
        final var asker = new Asker<KeysReply.ToLook>();
        take(new KeysCommand.Look(ADA, linked, asker));
        return assertInstanceOf(KeysReply.Directory.class, asker.told().getLast());
    }

    private void take(final KeysCommand command) {
        final var decision = rules.decide(state, command, now);
        for (final var event : decision.events()) {
            state = state.apply(event);
        }
        decision.answer().run();
        notices.addAll(decision.notices());
    }
}
