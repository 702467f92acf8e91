# The labs in a container, without a solution in it:
#   docker build -t lifkit .
#   docker run --rm -p 127.0.0.1:8888:8888 -v lifkit-labs:/home/student/my_labs lifkit
# A student's work stays in the volume lifkit-labs.  Grading is not for here: it makes a sandbox, which a
# container usually may not.
FROM python:3.13 AS handout
COPY . /course
WORKDIR /course
RUN make handout

FROM python:3.13-slim
COPY --from=handout /course/handout/lifkit-labs.zip /tmp/
RUN python -m zipfile -e /tmp/lifkit-labs.zip /opt \
    && python -m pip install --no-cache-dir "$(echo /opt/lifkit-labs/lifkit-*.whl)[lab]" \
    && useradd --create-home student \
    && mkdir /home/student/my_labs && chown student: /home/student/my_labs
USER student
WORKDIR /opt/lifkit-labs
EXPOSE 8888
CMD ["lifkit", "lab", "--folder", "/home/student/my_labs", "--", "--ip=0.0.0.0", "--no-browser"]
