package dev.lapse.lane;

/** An access of nothing in particular. */
record Thing(String namespace, String name, Owner owner) implements Access {
    /** Whoever knows how it is taken away. */
    interface Owner {
        default Looked takeAway(Due due) {
            return Looked.GONE;
        }

        default void handedOn(Thing thing) {}

        default void goesOn(Thing thing) {}
    }

    private static final Owner NOBODY = new Owner() {};

    Thing(String namespace, String name) {
        this(namespace, name, NOBODY);
    }

    static String nameOf(Access access) {
        return ((Thing) access).name();
    }

    @Override
    public Looked takeAway(Due due) {
        return owner.takeAway(due);
    }

    @Override
    public void handedOn() {
        owner.handedOn(this);
    }

    @Override
    public void goesOn() {
        owner.goesOn(this);
    }
}
