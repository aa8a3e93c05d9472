// What scripts/validate_html.py holds every page to. Each rule that is changed has its reason beside it.
export default {
    root: true,
    extends: ["html-validate:recommended"],
    rules: {
        // Both are valid; ours is written as the HTML standard writes it.
        "doctype-style": ["error", { style: "lowercase" }],
        // A number and its "I don't know" box are one question, and so have one name.
        "form-dup-name": "off",
        // A title says the answer, the model and the site; browsers and readers cut it from the end.
        "long-title": "off",
        // A block of code that scrolls is a region itself: a section around it would not be what scrolls.
        "prefer-native-element": ["error", { exclude: ["region"] }],
    },
};
