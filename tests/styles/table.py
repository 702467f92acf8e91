"""A table of right answers, filled by a decorator."""


def new_styles():
    """Return an empty table of styles, exercise to style name to callable, and its decorator.

    ``@style("lif_euler", "double loop")`` files a function under the exercise and gives it the name
    by which the check finds it.
    """
    table = {}

    def style(exercise, name):
        def file(answer):
            styles_of_one = table.setdefault(exercise, {})
            assert name not in styles_of_one, f"two styles of {exercise} are called {name!r}"
            answer.__name__ = exercise
            styles_of_one[name] = answer
            return answer

        return file

    return table, style
