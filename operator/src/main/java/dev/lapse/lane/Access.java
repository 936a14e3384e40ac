package dev.lapse.lane;

/**
 * Something that gives access and has to end, as whoever made it knows it. Two are equal if they are the same access, also
 * where one of them was made anew under the same name.
 *
 * <p>All of it is called on the lane's threads.
 */
public interface Access {
    /** Whose turn it takes: the namespaces take turns. */
    String namespace();

    /** Takes away what gives access, if it is over. An exception means that it is to be tried again. */
    Looked takeAway(Due due);

    /** It is gone, or could not be taken away at the first attempt: what is left to do can be done. */
    void handedOn();

    /** It was looked at and is not over. */
    void goesOn();
}
