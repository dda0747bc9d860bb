package io.parley;

import io.parley.id.UserId;
import io.parley.user.KeysNews;
import java.util.List;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.pubsub.Topic;

/// News of somebody's keys for whoever talks with him and is connected to any node: one word to each node. A
/// word to each person would wake the inboxes of all who are away.
final class KeysNewsTopic {
    private static final String NAME = "keys-news";

    private final ActorRef<Topic.Command<KeysNews>> topic;

    /// @param here tells those who are connected to this node
    KeysNewsTopic(final ActorSystem<?> system, final Consumer<KeysNews> here) {
        this.topic = system.systemActorOf(Topic.create(KeysNews.class, NAME), NAME, Props.empty());
        topic.tell(Topic.subscribe(system.systemActorOf(
                Behaviors.<KeysNews>receiveMessage(news -> {
                    here.accept(news);
                    return Behaviors.same();
                }),
                NAME + "-here",
                Props.empty())));
    }

    void tell(final UserId user, final long version, final List<UserId> people) {
        topic.tell(Topic.publish(new KeysNews(user, version, people)));
    }
}
